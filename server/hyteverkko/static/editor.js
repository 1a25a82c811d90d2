// Adds to pages that work without it: copy buttons, and on /sparql an editor that completes words.
"use strict";

(() => {
  const HINTS = 12;
  const PREFIXED = /^[A-Za-z][\w-]*:/;

  // Copy buttons: they are of no use without a script, so they are hidden until here.
  function copyButtons() {
    if (!navigator.clipboard) return;
    for (const button of document.querySelectorAll("button.copy")) {
      const label = button.textContent;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(
          document.getElementById(button.dataset.copies).textContent
        );
        button.textContent = button.dataset.done;
        setTimeout(() => { button.textContent = label; }, 2000);
      });
    }
  }

  // A status that was there from the start is not read out: it is written again.
  function announce(text) {
    const status = document.getElementById("status");
    status.textContent = "";
    setTimeout(() => { status.textContent = text; }, 300);
  }

  function announceAnswer() {
    const status = document.getElementById("status");
    if (status && status.textContent.trim()) announce(status.textContent.trim());
  }

  // The terms come once, when the first word is typed.
  function termsOf(address) {
    let terms;
    return () => {
      terms ??= fetch(address).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
      return terms.then((found) => found ?? { prefixes: {}, terms: [] });
    };
  }

  // What is typed may be the beginning of a prefixed name or any word of a term's own name.
  function rank(one, wanted) {
    const local = one.term.slice(one.term.indexOf(":") + 1).toLowerCase();
    const name = one.name.toLowerCase();
    if (one.term.toLowerCase().startsWith(wanted) || name === wanted) return 0;
    if (local.startsWith(wanted) || name.startsWith(wanted)) return 1;
    return name.includes(wanted) ? 2 : 3;
  }

  // After "a" stands a class; elsewhere a property is the likelier word.
  function matching(terms, typed, kind) {
    const wanted = typed.toLowerCase();
    return terms
      .map((one) => ({ one, place: rank(one, wanted), other: one.kind === kind ? 0 : 1 }))
      .filter((held) => held.place < 3)
      .sort((x, y) => x.other - y.other || x.place - y.place || x.one.name.length - y.one.name.length)
      .slice(0, HINTS)
      .map((held) => held.one);
  }

  // Inside strings, comments and full IRIs there is nothing to complete; variables have their own.
  function completable(yasqe) {
    const token = yasqe.getCompleteToken();
    const typed = token.string.trim();
    if (!yasqe.hasFocus()) return false;
    if (["comment", "string", "variable-3"].includes(token.type)) return false;
    return /^[\p{L}][\p{L}\p{N}_-]+$/u.test(typed) || PREFIXED.test(typed);
  }

  function completer(terms, kinds) {
    let prefixes = {};
    let declaring = false;
    const offered = new Map();
    return {
      name: "project",
      bulk: false,
      autoShow: true,
      isValidCompletionPosition: completable,
      async get(yasqe, token) {
        const found = await terms();
        prefixes = found.prefixes;
        const typed = token.string.trim();
        const before = yasqe.getPreviousNonWsToken(yasqe.getCursor().line, token).string;
        declaring = before.toUpperCase() === "PREFIX";
        const names = Object.keys(prefixes)
          .filter((prefix) => `${prefix}:`.startsWith(typed))
          .map((prefix) => ({ term: `${prefix}:`, kind: "", name: prefixes[prefix] }));
        const kind = before === "a" ? "class" : "property";
        const all = declaring ? names : [...names, ...matching(found.terms, typed, kind)];
        for (const one of all) offered.set(one.term, one);
        return all.map((one) => one.term);
      },
      postprocessHints(_yasqe, hints) {
        for (const hint of hints) {
          const { term, kind, name } = offered.get(hint.text);
          hint.displayText = kind ? `${term} – ${name} (${kinds[kind]})` : `${term} <${name}>`;
          hint.hint = (yasqe, data) => {
            const [from, to] = [hint.from ?? data.from, hint.to ?? data.to];
            const isDeclared = yasqe.getLine(to.line).slice(to.ch).trim().startsWith("<");
            const text = declaring && !isDeclared ? `${term} <${name}>` : term;
            yasqe.replaceRange(text, from, to, "complete");
            if (!declaring) declare(yasqe, prefixes, term.slice(0, term.indexOf(":")));
          };
        }
        return hints;
      },
    };
  }

  function declare(yasqe, prefixes, prefix) {
    if (prefix in yasqe.getPrefixesFromQuery()) return;
    yasqe.addPrefixes({ [prefix]: prefixes[prefix] });
  }

  function markFault(yasqe, line, column) {
    if (!line) return;
    const row = line - 1;
    const end = yasqe.getLine(row)?.length ?? 0;
    const start = Math.max(0, Math.min(column - 1, end - 1));
    yasqe.addLineClass(row, "background", "fault-line");
    yasqe.markText({ line: row, ch: start }, { line: row, ch: end }, { className: "fault" });
    yasqe.setCursor({ line: row, ch: Math.min(column - 1, end) });
  }

  function editor(form, area) {
    const Yasqe = window.Yasqe.default ?? window.Yasqe;
    const texts = form.dataset;
    const kinds = { class: texts.class, property: texts.property, concept: texts.concept };
    const label = form.querySelector("label[for=query]");
    Yasqe.registerAutocompleter(completer(termsOf(texts.terms), kinds), false);
    const box = document.createElement("div");
    box.className = "editor";
    area.after(box);
    const run = () => form.requestSubmit();
    const out = () => form.querySelector("button[type=submit]").focus();
    const leave = (_yasqe, handle) => { handle.close(); return Yasqe.Pass; };
    const yasqe = new Yasqe(box, {
      value: area.value,
      autocompleters: ["variables", "project"],
      prefixCcApi: null,
      persistenceId: null,
      createShareableLink: null,
      consumeShareLink: null,
      showQueryButton: false,
      resizeable: false,
      syntaxErrorCheck: false, // In English only, and it knows less SPARQL than the server.
      editorHeight: "auto",
      viewportMargin: Infinity,
      screenReaderLabel: label.textContent,
      hintConfig: { extraKeys: { Tab: leave, "Shift-Tab": leave } },
      extraKeys: { Tab: false, "Shift-Tab": false, Esc: out, "Ctrl-Enter": run, "Cmd-Enter": run },
    });
    const input = yasqe.getInputField();
    input.id = "query-editor";
    input.setAttribute("aria-label", label.textContent);
    input.setAttribute("aria-describedby", "keys");
    yasqe.on("change", () => { area.value = yasqe.getValue(); });
    yasqe.on("autocompletionShown", (_yasqe, widget) => {
      widget.hints.setAttribute("aria-label", texts.completions);
    });
    markFault(yasqe, Number(texts.line), Number(texts.column));
    choice(form, area, box, yasqe, label);
  }

  // A screen reader reads a plain field better, so the reader can have it back.
  function choice(form, area, box, yasqe, label) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second";
    const show = (rich) => {
      box.hidden = !rich;
      area.hidden = rich;
      label.htmlFor = rich ? "query-editor" : "query";
      button.textContent = rich ? form.dataset.plain : form.dataset.rich;
      for (const one of form.querySelectorAll(".rich-only")) one.hidden = !rich;
      if (rich && yasqe.getValue() !== area.value) yasqe.setValue(area.value);
      try { localStorage.setItem("editor", rich ? "rich" : "plain"); } catch { /* not kept */ }
    };
    let rich = true;
    try { rich = localStorage.getItem("editor") !== "plain"; } catch { /* not kept */ }
    button.addEventListener("click", () => { rich = !rich; show(rich); });
    form.querySelector("button[type=submit]").after(" ", button);
    show(rich);
  }

  function running(form) {
    form.addEventListener("submit", () => announce(form.dataset.running));
  }

  copyButtons();
  announceAnswer();
  const form = document.getElementById("ask");
  if (!form) return;
  running(form);
  if (window.Yasqe) editor(form, document.getElementById("query"));
})();
