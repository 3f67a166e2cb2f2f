// The report itself: running text and its tables with what was read marked in them, or its pages with boxes.
function sourcePane(desk) {
  const source = desk.data.source;
  const pane = source.kind === "pages" && !desk.asText ? pages(desk, source) : flow(desk, source);
  const tools = h("div", { class: "tools" }, h("span", { class: "name", title: desk.data.name }, desk.data.name));
  if (source.kind === "pages") {
    if (!desk.asText) tools.append(...turning(desk, source));
    const other = desk.asText ? desk.words.as_pages : desk.words.as_text;
    tools.append(button(other, "T", () => desk.toggleText()));
  }
  const sheet = h("div", { class: "sheet", tabindex: "0", "aria-label": desk.words.source, role: "region" }, pane);
  return h("section", { class: "source", "aria-label": desk.words.source }, tools, sheet);
}

function turning(desk, source) {
  const turner = (by, sign, label, ended) => h("button", { type: "button", onclick: () => desk.turnTo(source.page + by),
    disabled: ended, "aria-label": label, "data-focus": label }, sign);
  return [
    turner(-1, "‹", desk.words.page_back, source.page <= 1),
    h("span", {}, fill(desk.words.page_of, { page: source.page, pages: source.pages })),
    turner(1, "›", desk.words.page_on, source.page >= source.pages),
  ];
}

function pages(desk, source) {
  if (!source.image) return h("p", { class: "empty" }, source.problem || desk.words.no_page);
  const alt = fill(desk.words.page_of, { page: source.page, pages: source.pages });
  const here = Object.entries(desk.places).filter(([, place]) => place.page === source.page && place.box);
  return h("div", { class: "page" }, h("img", { src: source.image, alt }),
    here.map(([path, place]) => boxOf(desk, source, path, place)));
}

function boxOf(desk, source, path, place) {
  const [left, top, right, bottom] = place.box;
  const percent = (value, of) => `${(100 * value) / of}%`;
  const style = `left:${percent(left, source.width)};top:${percent(top, source.height)};` +
    `width:${percent(right - left, source.width)};height:${percent(bottom - top, source.height)}`;
  return h("button", { type: "button", class: classes("box", place.mark, desk.isSelected(path) && "selected"), style,
    tabindex: -1, "data-path": path, "aria-label": place.label, title: place.label, onclick: () => desk.select(path) });
}

function flow(desk, source) {
  const marks = marksOf(desk);
  return h("div", { class: "flow", lang: "zh" }, source.parts.map((part) =>
    part.rows ? tableOf(desk, part, marks)
      : h("p", { class: part.heading ? "heading" : null }, marked(desk, part.text, part.start, marks))));
}

function marksOf(desk) {
  return Object.entries(desk.places)
    .filter(([, place]) => place.start !== null && place.start !== undefined && place.end > place.start)
    .map(([path, place]) => ({ path, start: place.start, end: place.end, mark: place.mark, label: place.label }))
    .sort((one, other) => one.start - other.start || other.end - one.end);
}

function tableOf(desk, part, marks) {
  const rows = part.rows.map((row) =>
    h("tr", {}, row.map((cell) => h("td", spanned(cell), marked(desk, cell.text, cell.start, marks)))));
  return h("div", { class: "wide" }, h("table", {}, h("tbody", {}, rows)));
}

// Marks that overlap are cut short: the first one, and the longest of those that begin together, wins.
function marked(desk, text, start, marks) {
  const pieces = [], end = start + text.length;
  let at = start;
  for (let index = firstFrom(marks, start); index < marks.length && marks[index].start < end; index += 1) {
    const mark = marks[index];
    if (mark.start < at) {
      if (desk.isSelected(mark.path)) pieces.at(-1)?.classList?.add("selected");
      continue;
    }
    if (mark.start > at) pieces.push(text.slice(at - start, mark.start - start));
    const last = Math.min(mark.end, end);
    pieces.push(markOf(desk, mark, text.slice(mark.start - start, last - start)));
    at = last;
  }
  pieces.push(text.slice(at - start));
  return pieces;
}

function markOf(desk, mark, words) {
  return h("mark", { class: classes(mark.mark, desk.isSelected(mark.path) && "selected"), "data-path": mark.path,
    title: mark.label, onclick: () => desk.select(mark.path) }, words);
}

function firstFrom(marks, start) {
  let low = 0, high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle].start < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
