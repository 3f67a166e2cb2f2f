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

// The key of a step is shown on its button, so that it is learnt by looking.
function button(label, key, onclick, more = {}) {
  return h("button", { type: "button", onclick, "aria-keyshortcuts": key, ...more }, label, key && h("kbd", {}, key));
}

// The pane alone is scrolled, and only where the element is not in sight: the page around it stays where it is.
function centre(pane, element) {
  const outer = pane.getBoundingClientRect(), inner = element.getBoundingClientRect();
  if (inner.top < outer.top || inner.bottom > outer.bottom) pane.scrollTop += inner.top - outer.top - Math.max(0, (outer.height - inner.height) / 2);
  if (inner.left < outer.left || inner.right > outer.right) pane.scrollLeft += inner.left - outer.left - Math.max(0, (outer.width - inner.width) / 2);
}
