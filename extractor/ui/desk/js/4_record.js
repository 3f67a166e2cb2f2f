// The record as the form prints it: fields, tables with editable cells, the narrative's items.
function fieldList(desk) {
  return h("dl", { class: "fields" }, desk.data.fields.map((field) => {
    const place = desk.places[field.path];
    return h("div", { class: classesOf(desk, field.path, "field") , "data-path": field.path, onclick: () => desk.select(field.path), ondblclick: () => desk.edit(field.path) },
      h("dt", {}, field.label),
      h("dd", { lang: "zh" }, desk.editing === field.path ? editor(desk, field.path, place.value) : place.value || h("span", { class: "none" }, desk.words.none)));
  }));
}

function classesOf(desk, path, base = "") {
  const place = desk.places[path] || {};
  return [base, place.mark, place.edited && "edited", desk.isSelected(path) && "selected", desk.isNamed(path) && "named", desk.isWaiting(path) && "waiting"]
    .filter(Boolean).join(" ");
}

function formTable(desk, table) {
  return h("section", { class: "form-table" }, h("h3", {}, table.name), table.blocks.map((block) => blockOf(desk, table, block)));
}

function blockOf(desk, table, block) {
  const head = block.head.map((row) => h("tr", {}, row.map((cell) =>
    h("th", { colspan: cell.columns > 1 ? cell.columns : null, rowspan: cell.rows > 1 ? cell.rows : null, scope: "col" }, cell.text))));
  const body = block.rows.map((row) => h("tr", {},
    row.heads.map((cell) => h("th", { scope: "row", colspan: cell.columns > 1 ? cell.columns : null, rowspan: cell.rows > 1 ? cell.rows : null }, cell.text)),
    row.columns.map((column) => cellOf(desk, `/tables/${table.key}/${row.key}/${column}`))));
  return h("div", { class: "wide" }, h("table", { class: "grid" }, h("thead", {}, head), h("tbody", {}, body)));
}

function cellOf(desk, path) {
  const place = desk.places[path];
  if (!place) return h("td", { class: "absent" });
  const shown = desk.editing === path ? editor(desk, path, desk.typed ?? place.value) : desk.waitingValue(path) ?? place.value;
  const sign = place.value === "" && desk.editing !== path ? h("span", { class: "state", title: place.state_label }, place.sign) : null;
  return h("td", { class: classesOf(desk, path), "data-path": path, title: place.label, "aria-label": `${place.label}: ${place.value || place.state_label}`,
    onclick: () => desk.select(path), ondblclick: () => desk.edit(path) }, shown, sign);
}

function editor(desk, path, value) {
  const input = h("input", { type: "text", value, "data-name": path, "aria-label": desk.places[path].label, size: Math.max(4, Math.min(40, String(value).length + 1)) });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      desk.commit(path, input.value);
      if (event.key === "Tab") desk.move(event.shiftKey ? -1 : 1, 0);
    } else if (event.key === "Escape") {
      event.preventDefault();
      desk.stopEditing();
    }
  });
  input.addEventListener("blur", () => !desk.drawing && desk.editing === path && desk.commit(path, input.value));
  return input;
}

// Part five, clause by clause: each begins an issue or an improvement, goes on with the one before, or is neither.
function clauseList(desk) {
  const { clauses } = desk.data;
  if (!clauses.length) return null;
  const rows = clauses.map((clause, at) => h("li", { class: `clause ${clause.role}`, "data-path": clause.path || null },
    h("span", { class: "roles", role: "group", "aria-label": desk.words.role },
      ["issue", "improvement", "same", "none"].map((role) =>
        h("button", { type: "button", class: clause.role === role ? "on" : null, "aria-pressed": clause.role === role ? "true" : "false",
          disabled: !desk.data.may.correct || (role === "same" && at === 0), title: desk.words[`role_${role}`], onclick: () => desk.cast(at, role) },
        desk.words[`sign_${role}`]))),
    h("span", { lang: "zh", onclick: () => clause.path && desk.select(clause.path) }, clause.text)));
  return h("section", { class: "clauses" }, h("h3", {}, desk.words.part_five), h("p", { class: "hint" }, desk.words.clause_hint), h("ol", {}, rows));
}

function passages(desk) {
  return desk.data.lists.map((list) => h("section", { class: "list" },
    h("h3", {}, list.label, h("span", { class: "count" }, String(list.items.length))),
    list.items.length
      ? h("ol", {}, list.items.map((item) => h("li", { class: classesOf(desk, item.path), "data-path": item.path, lang: "zh", onclick: () => desk.select(item.path) },
        item.text, item.note && h("span", { class: "note" }, item.note))))
      : h("p", { class: "none" }, desk.words.none)));
}
