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
  return h("section", { class: "source", "aria-label": desk.words.source }, tools, h("div", { class: "sheet" }, pane));
}

function turning(desk, source) {
  const turn = (by) => () => desk.turnTo(source.page + by);
  return [
    h("button", { type: "button", onclick: turn(-1), disabled: source.page <= 1, "aria-label": desk.words.page_back }, "‹"),
    h("span", {}, fill(desk.words.page_of, { page: source.page, pages: source.pages })),
    h("button", { type: "button", onclick: turn(1), disabled: source.page >= source.pages, "aria-label": desk.words.page_on }, "›"),
  ];
}

function pages(desk, source) {
  if (!source.image) return h("p", { class: "empty" }, source.problem || desk.words.no_page);
  const page = h("div", { class: "page" }, h("img", { src: source.image, alt: fill(desk.words.page_of, { page: source.page, pages: source.pages }) }));
  for (const [path, cell] of Object.entries(desk.places)) {
    if (cell.page !== source.page || !cell.box) continue;
    const [left, top, right, bottom] = cell.box;
    const percent = (value, of) => `${(100 * value) / of}%`;
    const style = `left:${percent(left, source.width)};top:${percent(top, source.height)};` +
      `width:${percent(right - left, source.width)};height:${percent(bottom - top, source.height)}`;
    page.append(h("button", { type: "button", class: `box ${cell.mark} ${desk.isSelected(path) ? "selected" : ""}`, style, tabindex: -1,
      "data-path": path, "aria-label": cell.label, title: cell.label, onclick: () => desk.select(path) }));
  }
  return page;
}

function flow(desk, source) {
  const marks = Object.entries(desk.places)
    .filter(([, cell]) => cell.start !== null && cell.start !== undefined && cell.end > cell.start)
    .map(([path, cell]) => ({ path, start: cell.start, end: cell.end, mark: cell.mark, label: cell.label }))
    .sort((one, other) => one.start - other.start || other.end - one.end);
  const pane = h("div", { class: "flow", lang: "zh" });
  for (const part of source.parts) {
    if (part.rows) pane.append(tableOf(desk, part, marks));
    else pane.append(h("p", { class: part.heading ? "heading" : null }, marked(desk, part.text, part.start, marks)));
  }
  return pane;
}

function tableOf(desk, part, marks) {
  const rows = part.rows.map((row) =>
    h("tr", {}, row.map((cell) => h("td", { colspan: cell.columns > 1 ? cell.columns : null, rowspan: cell.rows > 1 ? cell.rows : null },
      marked(desk, cell.text, cell.start, marks)))));
  return h("div", { class: "wide" }, h("table", {}, h("tbody", {}, rows)));
}

// Marks that overlap are cut short: the first one, and the longest of those that begin together, wins.
function marked(desk, text, start, marks) {
  const pieces = [];
  let at = start;
  const end = start + text.length;
  let low = 0, high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle].start < start) low = middle + 1;
    else high = middle;
  }
  for (let index = low; index < marks.length && marks[index].start < end; index += 1) {
    const mark = marks[index];
    if (mark.start < at) {
      if (desk.isSelected(mark.path) && pieces.length) pieces[pieces.length - 1].classList?.add("selected");
      continue;
    }
    if (mark.start > at) pieces.push(text.slice(at - start, mark.start - start));
    const last = Math.min(mark.end, end);
    pieces.push(h("mark", { class: `${mark.mark} ${desk.isSelected(mark.path) ? "selected" : ""}`, "data-path": mark.path, title: mark.label,
      onclick: () => desk.select(mark.path) }, text.slice(mark.start - start, last - start)));
    at = last;
  }
  pieces.push(text.slice(at - start));
  return pieces;
}
