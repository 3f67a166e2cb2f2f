// The record as the form prints it: fields, and tables with editable cells and, beside them, what their sums come to.
function fieldList(desk) {
  return h("dl", { class: "fields" }, desk.data.fields.map((field) => fieldOf(desk, field)));
}

function fieldOf(desk, field) {
  const place = desk.places[field.path];
  const waiting = desk.waitingValue(field.path);
  const shown = desk.editing === field.path ? cellEditor(desk, field.path, place.value)
    : waiting || place.value || h("span", { class: "none" }, desk.words.none);
  return h("div", { ...selectable(desk, field.path, "field"), "aria-label": `${field.label}: ${place.value}` },
    h("dt", {}, field.label), h("dd", { lang: "zh" }, shown));
}

// What every cell and field has in common: one click chooses, two edit; one of them all is reached with the Tab key.
function selectable(desk, path, base = "") {
  const chosen = desk.isSelected(path);
  return {
    class: classesOf(desk, path, base), "data-path": path, "data-focus": `at ${path}`, tabindex: chosen ? "0" : "-1",
    "aria-selected": chosen ? "true" : null, onclick: () => desk.select(path), ondblclick: () => desk.edit(path),
  };
}

function classesOf(desk, path, base = "") {
  const place = desk.places[path] || {};
  return classes(base, place.mark, place.edited && "edited", place.model && "differs",
    desk.isSelected(path) && "selected", desk.isNamed(path) && "named", desk.isWaiting(path) && "waiting");
}

function formTable(desk, table) {
  return h("section", { class: "form-table" }, h("h3", {}, table.name),
    table.blocks.map((block) => blockOf(desk, table, block)));
}

function blockOf(desk, table, block) {
  const body = block.rows.map((row, at) => h("tr", {},
    row.heads.map((cell) => h("th", { scope: "row", ...spanned(cell) }, cell.text)),
    row.paths.map((path) => cellOf(desk, path)), block.beside && checkOf(desk, block.beside[at])));
  const label = [table.name, block.heading].filter(Boolean).join(" ");
  const foot = block.under.map((line) => footOf(desk, block, line));
  return h("div", { class: "wide" }, block.heading && h("p", { class: "block" }, block.heading),
    h("table", { class: "grid", role: "grid", "aria-label": label },
      h("thead", {}, headOf(desk, block)), h("tbody", {}, body), h("tfoot", {}, foot)));
}

function headOf(desk, block) {
  const attributes = { class: "check", scope: "col", rowspan: block.head.length };
  const corner = block.beside && h("th", attributes, desk.words.check);
  return block.head.map((row, at) => h("tr", {},
    row.map((cell) => h("th", { scope: "col", ...spanned(cell) }, cell.text)), at === 0 && corner));
}

function footOf(desk, block, line) {
  const label = block.stubs > 0 && h("th", { scope: "row", colspan: block.stubs }, line.label);
  return h("tr", { class: "checks" }, label, line.cells.map((one) => checkOf(desk, one)),
    block.beside && h("td", { class: "check" }));
}

// Whether a row or column adds up: a sign, what both sides come to where they differ, and a way to the total.
function checkOf(desk, one) {
  if (!one || one.holds === null) return h("td", { class: "check", colspan: one?.columns > 1 ? one.columns : null });
  return h("td", { class: classes("check", one.holds ? "holds" : "fails"), title: one.told, "aria-label": one.told,
    colspan: one.columns > 1 ? one.columns : null, onclick: () => desk.select(one.path) }, one.text);
}

function cellOf(desk, path) {
  const place = desk.places[path];
  if (!place) return h("td", { class: "absent" });
  const is_edited = desk.editing === path, waiting = desk.waitingValue(path);
  const shown = is_edited ? cellEditor(desk, path, desk.typed ?? place.value) : waiting ?? place.value;
  const sign = place.value === "" && waiting === undefined && !is_edited
    ? h("span", { class: "state", title: place.state_label }, place.sign) : null;
  const label = `${place.label}: ${place.value || place.state_label}`;
  return h("td", { ...selectable(desk, path), title: place.label, "aria-label": label }, shown, sign);
}

function cellEditor(desk, path, value) {
  const size = Math.max(4, Math.min(40, String(value).length + 1));
  const input = h("input", { type: "text", value, "data-name": path, "aria-label": desk.places[path].label, size });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing || !["Enter", "Tab", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") desk.stopEditing();
    else desk.commit(path, input.value);
    if (event.key === "Tab") desk.move(event.shiftKey ? -1 : 1, 0);
  });
  input.addEventListener("blur", () => !desk.drawing && desk.editing === path && desk.commit(path, input.value));
  const { choices } = desk.places[path];
  if (!choices?.length) return input;
  input.setAttribute("list", "desk-choices");
  return [input, h("datalist", { id: "desk-choices" }, choices.map((one) => h("option", { value: one })))];
}
