"""Progress as a file: taken along, and brought back here or elsewhere."""

from uuid import UUID, uuid4

from anyio import to_thread
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.progress import history, transfer
from app.progress.history import Foreseen, History
from app.progress.transfer import LARGEST, BadFile
from app.web.learners import known, learner_of, remember
from app.web.move import show_move
from app.web.upload import TooLarge, uploaded
from app.web.world import World, world
from app.words import Words


async def export(request: Request, lang: str) -> Response:
    """`/{lang}/progress/export`: everything that is kept about this learner, as JSON to save."""
    here = world(request)
    here.speak(lang)
    learner = known(here, request)
    if learner is None:
        return RedirectResponse(f"/{lang}/progress/move", 303, {"cache-control": "no-store"})
    with here.store.reading() as connection:
        text = transfer.export(connection, learner.id, here.now())
    name = f"ackademy-{learner.study.today.isoformat()}.json"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(text, media_type="application/json", headers=headers)


async def bring(request: Request, lang: str) -> Response:
    """POST `/{lang}/progress/import`: put what is in an exported file together with what is here."""
    here = world(request)
    words = here.speak(lang)
    try:
        file = await uploaded(request, "file", LARGEST)
    except TooLarge:
        return show_move(request, here, words, file_complaint=_told(words, BadFile("too-large")), status=413)
    if not file:
        return show_move(request, here, words, file_complaint=words("carry.file.none"))
    now = here.now()
    try:
        brought = await to_thread.run_sync(transfer.read, file, now)
    except BadFile as bad:
        return show_move(request, here, words, file_complaint=_told(words, bad))
    learner = learner_of(here, request) or uuid4()
    foreseen = await to_thread.run_sync(_foreseen, here, learner, brought)
    id = await here.writer.write(lambda connection: history.add(connection, learner, brought, now, foreseen), learner)
    response = RedirectResponse(f"/{lang}/progress?said=imported", 303, {"cache-control": "no-store"})
    here.dues.pop(learner, None)
    remember(here, request, response, id)
    return response


def _foreseen(here: World, learner: UUID, brought: History) -> Foreseen:
    with here.store.reading() as connection:
        return history.foresee(connection, learner, brought)


def _told(words: Words, bad: BadFile) -> str:
    return words(f"carry.file.{bad.reason}", where=bad.where, megabytes=LARGEST // 1_000_000)
