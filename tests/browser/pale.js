// Words of the pictures that have less contrast than 4.5:1 in some phase.
() => {
    const channels = colour => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
    const luminance = colour => {
        const linear = channel => (channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = channels(colour).map(channel => linear(channel / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const paper = luminance(getComputedStyle(document.querySelector(".stage, .map")).backgroundColor);
    const found = new Set();
    for (const phase of ["past", "now", "future"]) {
        for (const lasting of document.querySelectorAll(".sequence [data-since]")) {
            lasting.classList.remove("past", "now", "future", "veiled");
            lasting.classList.add(phase);
        }
        for (const text of document.querySelectorAll(".sequence text, .sequence tspan")) {
            const [light, dark] = [luminance(getComputedStyle(text).fill), paper].sort().reverse();
            let opacity = 1;
            for (let one = text; one; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity);
            const ratio = (light + 0.05) / (dark + 0.05);
            if (ratio < 4.5 || opacity < 1) found.add(`${phase} ${text.getAttribute("class")}`);
        }
    }
    return [...found];
}
