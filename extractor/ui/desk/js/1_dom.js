// Elements are made from text nodes alone: nothing of a report is ever read as HTML.
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

function token() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function classes(...names) {
  return names.filter(Boolean).join(" ");
}

// Attributes of a cell that spans columns and rows.
function spanned(cell) {
  return { colspan: cell.columns > 1 ? cell.columns : null, rowspan: cell.rows > 1 ? cell.rows : null };
}

// The key of a step is shown on its button, so that it is learnt by looking.
function button(label, key, onclick, more = {}) {
  const shortcut = key ? { "aria-keyshortcuts": key } : {};
  const attributes = { type: "button", onclick, "data-focus": `button ${label}`, ...shortcut, ...more };
  return h("button", attributes, label, key && h("kbd", {}, key));
}

// A line to type in: Enter gives what was typed, Escape gives it up. No key in it is a step of the desk.
function lineEditor(name, label, value, done, left) {
  const input = h("input", { type: "text", value, "data-name": name, "aria-label": label });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Enter") done(input.value);
    else left();
  });
  return input;
}

// The pane alone is scrolled, and only where the element is not in sight: the page around it stays where it is.
function centre(pane, element) {
  const outer = pane.getBoundingClientRect(), inner = element.getBoundingClientRect();
  const spare = (of) => Math.max(0, (outer[of] - inner[of]) / 2);
  if (inner.top < outer.top || inner.bottom > outer.bottom) pane.scrollTop += inner.top - outer.top - spare("height");
  if (inner.left < outer.left || inner.right > outer.right) pane.scrollLeft += inner.left - outer.left - spare("width");
}
