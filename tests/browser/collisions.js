// Pairs of words in one picture that cover each other; written boxes may be turned, so an axis that parts them is sought.
() => {
    const boxes = [...document.querySelectorAll(".sequence, .map svg")].flatMap((picture, which) =>
        [...picture.querySelectorAll("text")].map(text => {
            const { x, width } = text.getBBox(); // its height is that of the font's lines, more than letters take
            const matrix = text.getScreenCTM();
            const size = parseFloat(getComputedStyle(text).fontSize);
            const top = text.getStartPositionOfChar(0).y - 0.73 * size;
            const bottom = text.getStartPositionOfChar(text.getNumberOfChars() - 1).y + 0.23 * size;
            const corners = [[x, top], [x + width, top], [x + width, bottom], [x, bottom]]
                .map(([px, py]) => new DOMPoint(px, py).matrixTransform(matrix))
                .map(point => [point.x, point.y]);
            return { which, corners, text: text.textContent };
        }));
    const apart = (a, b) => [a, b].some(({ corners: [p, q, , s] }) =>
        [[q[0] - p[0], q[1] - p[1]], [s[0] - p[0], s[1] - p[1]]].some(([dx, dy]) => {
            const along = ({ corners }) => corners.map(([x, y]) => x * dx + y * dy);
            const [ours, theirs] = [along(a), along(b)];
            return Math.max(...ours) <= Math.min(...theirs) || Math.max(...theirs) <= Math.min(...ours);
        }));
    return boxes.flatMap((a, i) => boxes.slice(i + 1)
        .filter(b => a.which === b.which && !apart(a, b)).map(b => `picture ${a.which}: ${a.text} | ${b.text}`));
}
