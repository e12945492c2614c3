// Runs in the page, as one expression: everything that is wrong with it, in sentences.
(() => {
  const LEAST_TEXT_CONTRAST = 4.5;
  const LEAST_LINE_CONTRAST = 3;
  const LEAST_TARGET_PIXELS = 24;

  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = (element) => `<${element.localName}> "${element.textContent.trim().slice(0, 40)}"`;
  const isUnseen = (element) => element.closest('.unseen, [hidden], script, style, title, desc') !== null;

  // What is out of sight is not laid out, and keeps the width that the page had before.
  for (const part of all('.full')) {
    part.style.contentVisibility = 'visible';
  }

  const channels = (color) => {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
  };

  const over = ({ rgb, alpha }, below) => rgb.map((value, index) => value * alpha + below[index] * (1 - alpha));

  /** What an element stands on: its own background and those of all around it, one upon the other. */
  const backgroundOf = (element) => {
    const layers = [];
    for (let each = element; each !== null; each = each.parentElement) {
      layers.unshift(channels(getComputedStyle(each).backgroundColor));
    }
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };

  // https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
  const luminance = (rgb) => {
    const [red, green, blue] = rgb
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  const contrast = (element, color) => {
    const background = backgroundOf(element);
    const [dark, light] = [luminance(over(channels(color), background)), luminance(background)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };

  const textContrast = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const elements = new Set(all('input, select'));
    while (walker.nextNode()) {
      if (walker.currentNode.data.trim() !== '') {
        elements.add(walker.currentNode.parentElement);
      }
    }
    return [...elements]
      .filter((element) => !isUnseen(element))
      .map((element) => {
        const style = getComputedStyle(element);
        return { element, found: contrast(element, element.closest('svg') ? style.fill : style.color), style };
      })
      .filter(({ found, style }) => found < LEAST_TEXT_CONTRAST || style.opacity !== '1')
      .map(({ element, found }) => `the text ${named(element)} has a contrast of ${found.toFixed(2)}`);
  };

  const lineContrast = () =>
    all('svg .line, svg .limit')
      .filter((line) => contrast(line, getComputedStyle(line).stroke) < LEAST_LINE_CONTRAST)
      .map((line) => `the line ${line.getAttribute('class')} has too little contrast`);

  const overflow = () => {
    const { scrollWidth } = document.scrollingElement;
    const beyond = all('body *')
      .filter((element) => !isUnseen(element) && element.getBoundingClientRect().right > innerWidth + 0.5)
      .map((element) => `${named(element)} ends beyond the right edge`);
    return [...(scrollWidth > innerWidth ? [`the page is ${scrollWidth} wide in ${innerWidth}`] : []), ...beyond];
  };

  const cutLabels = () =>
    all('svg text')
      .filter((text) => {
        const [inner, outer] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
        return inner.left < outer.left - 0.5 || inner.right > outer.right + 0.5 || inner.bottom > outer.bottom + 0.5;
      })
      .map((text) => `the label ${named(text)} is cut`);

  const headings = () => {
    const levels = all('h1, h2, h3, h4, h5, h6').map((heading) => Number(heading.localName[1]));
    const leaps = levels.flatMap((level, index) =>
      level > (levels[index - 1] ?? 0) + 1 ? [`heading ${index + 1} leaps to level ${level}`] : [],
    );
    const firsts = levels.filter((level) => level === 1).length;
    return [...leaps, ...(firsts === 1 ? [] : [`${firsts} headings of level 1`])];
  };

  const tables = () => [
    ...all('th:not([scope])').map((heading) => `${named(heading)} has no scope`),
    ...all('table').flatMap((table) => (table.caption?.textContent.trim() ? [] : [`${named(table)} has no caption`])),
  ];

  const ids = () => {
    const known = all('[id]').map(({ id }) => id);
    const asked = all('[aria-labelledby], [aria-describedby]').flatMap((element) =>
      ['aria-labelledby', 'aria-describedby'].flatMap((name) => element.getAttribute(name)?.split(' ') ?? []),
    );
    return [
      ...known.filter((id, index) => known.indexOf(id) !== index).map((id) => `the id ${id} is there twice`),
      ...asked.filter((id) => !known.includes(id)).map((id) => `the id ${id} is asked for and not there`),
      ...all('a[href^="#"]')
        .filter((link) => !known.includes(link.hash.slice(1)))
        .map((link) => `${named(link)} leads nowhere`),
    ];
  };

  const targets = () =>
    all('a, summary, input, select')
      .filter((target) => !isUnseen(target) && target.getBoundingClientRect().height < LEAST_TARGET_PIXELS)
      .map((target) => `${named(target)} is too small to be touched`);

  return [
    ...textContrast(),
    ...lineContrast(),
    ...overflow(),
    ...cutLabels(),
    ...headings(),
    ...tables(),
    ...ids(),
    ...targets(),
  ];
})();
