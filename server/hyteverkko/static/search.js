// Suggestions while typing: a combobox with a list (WAI-ARIA 1.2). Without it the form just submits.
"use strict";

const PAUSE = 120;

for (const form of document.querySelectorAll("form[data-suggest]")) {
  suggestIn(form, form.querySelector("input[type=search]"));
}

function suggestIn(form, input) {
  const list = document.createElement("ul");
  const status = document.createElement("span");
  let timer = 0;
  let asking = null;
  let chosen = -1;
  let suggestions = [];

  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.list);
  status.className = "suggest-status";
  status.setAttribute("role", "status");
  form.append(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", onKey);
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  // A press must not take the focus from the field, or the list would close before the click.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go([...list.children].indexOf(option));
  });

  async function ask() {
    if (asking) asking.abort();
    const text = input.value.trim();
    if (!text) {
      close();
      return;
    }
    asking = new AbortController();
    try {
      const address = `${form.dataset.suggest}&q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { signal: asking.signal });
      if (!answer.ok) {
        close();
        return;
      }
      show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function show(found) {
    suggestions = found;
    list.replaceChildren(...found.map(option));
    choose(-1);
    const open = found.length > 0 && form.contains(document.activeElement);
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    status.textContent = found.length
      ? form.dataset.count.replace("{count}", found.length)
      : form.dataset.none;
  }

  function option(suggestion, place) {
    const item = document.createElement("li");
    item.id = `${list.id}-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const name = document.createElement("span");
    name.append(text(suggestion.name));
    if (suggestion.also) name.append(" (", text(suggestion.also), ")");
    for (const one of suggestion.places) name.append(", ", text(one));
    const kind = document.createElement("span");
    kind.className = "kind";
    kind.textContent = suggestion.kind;
    item.append(name, " ", kind);
    return item;
  }

  function text(one) {
    const shown = document.createElement("bdi");
    if (one.language) shown.lang = one.language;
    one.pieces.forEach((piece, place) => {
      if (place % 2 === 0) {
        shown.append(piece);
        return;
      }
      const mark = document.createElement("mark");
      mark.textContent = piece;
      shown.append(mark);
    });
    return shown;
  }

  function onKey(event) {
    const last = suggestions.length - 1;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" && list.hidden) {
      event.preventDefault();
      ask();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      choose(chosen === last ? -1 : chosen + 1);
    } else if (event.key === "ArrowUp" && !list.hidden) {
      event.preventDefault();
      choose(chosen === -1 ? last : chosen - 1);
    } else if (event.key === "Enter" && !list.hidden && chosen >= 0) {
      event.preventDefault();
      go(chosen);
    }
  }

  function choose(place) {
    chosen = place;
    [...list.children].forEach((item, at) => {
      item.setAttribute("aria-selected", String(at === place));
    });
    if (place < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place].scrollIntoView({ block: "nearest" });
  }

  function go(place) {
    close();
    window.location.assign(suggestions[place].href);
  }

  function close() {
    clearTimeout(timer);
    if (asking) asking.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }
}
