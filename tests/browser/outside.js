// Words of a picture that stand outside it.
() => [...document.querySelectorAll(".sequence, .map svg")].flatMap((picture, which) => {
    const page = picture.viewBox.baseVal;
    const toPage = picture.getScreenCTM().inverse();
    return [...picture.querySelectorAll("text")].filter(text => {
        const { x, y, width, height } = text.getBBox();
        const matrix = toPage.multiply(text.getScreenCTM());
        return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]].some(([px, py]) => {
            const { x: across, y: down } = new DOMPoint(px, py).matrixTransform(matrix);
            return across < -1 || across > page.width + 1 || down < -1 || down > page.height + 1;
        });
    }).map(text => `picture ${which}: ${text.textContent}`);
})
