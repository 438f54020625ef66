"""What a browser needs to put the site among a person's own apps: a manifest in each language."""

import json

from fastapi import Request, Response

from app.web.representation import Representation
from app.web.world import World, world
from app.words import Words

ICONS = (  # in static/img: all three are favicon.svg, drawn larger
    ("icon-192.png", 192, "any"),
    ("icon-512.png", 512, "any"),
    ("icon-maskable.png", 512, "maskable"),  # a launcher may cut it down to a circle of four fifths
)


async def manifest(request: Request, lang: str) -> Response:
    """`/{lang}/manifest.webmanifest` (W3C Web Application Manifest)."""
    here = world(request)
    text = json.dumps(_manifest(here, here.speak(lang)), ensure_ascii=False, separators=(",", ":"))
    return Representation.of(text.encode(), "application/manifest+json").response(request, cache="no-cache")


def _manifest(here: World, words: Words) -> dict[str, object]:
    """An app for each language; the scope is the whole site, so that its link to the other one stays inside."""
    paper = here.palettes["light"]["paper"]
    return {
        "id": f"/{words.lang}/",
        "start_url": f"/{words.lang}/",
        "scope": "/",
        "lang": words.tag,
        "name": words("site.name"),
        "short_name": words("site.name.short"),
        "description": words("site.description"),
        "categories": ["education"],
        "display": "standalone",
        "theme_color": paper,
        "background_color": paper,
        "icons": [
            {
                "src": here.assets.url(f"img/{name}"),
                "type": "image/png",
                "sizes": f"{pixels}x{pixels}",
                "purpose": purpose,
            }
            for name, pixels, purpose in ICONS
        ],
    }
