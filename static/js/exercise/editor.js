// The code editor of an exercise. CodeMirror, fetched when a learner first touches one; its styles are adopted by a shadow
// root, since the site's policy refuses style elements.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "../../vendor/editor/codemirror-commands.js";
import { pythonLanguage } from "../../vendor/editor/codemirror-lang-python.js";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "../../vendor/editor/codemirror-language.js";
import { EditorState } from "../../vendor/editor/codemirror-state.js";
import { EditorView, keymap, lineNumbers } from "../../vendor/editor/codemirror-view.js";
import { tags } from "../../vendor/editor/lezer-highlight.js";

// The colours of the code that the server highlights (css/base.css).
const COLOURS = HighlightStyle.define([
  { tag: tags.comment, color: "var(--color-muted)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.bool, tags.null, tags.operatorKeyword], color: "light-dark(#7a2484, #d7a4e6)" },
  { tag: tags.string, color: "light-dark(#17683a, #8fd3a8)" },
  { tag: tags.number, color: "light-dark(#a3470a, #f0b27a)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className], color: "light-dark(#2146c7, #93b1ff)" },
]);

const LOOK = EditorView.theme({
  "&": { background: "var(--color-raised)", color: "var(--color-text)", fontSize: "inherit" },
  "&.cm-focused": { outline: "2px solid var(--color-accent)", outlineOffset: "2px" },
  ".cm-scroller": { font: "inherit", lineHeight: "inherit", overflowX: "auto" },
  ".cm-content": { padding: "var(--space-4) 0", caretColor: "var(--color-text)" },
  ".cm-gutters": { background: "transparent", color: "var(--color-muted)", border: "0" },
  ".cm-cursor": { borderLeftColor: "var(--color-text)" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--color-mark)" },
});

/**
 * Put what is typed over a selection into the text before the browser does: it would copy the styles of what it replaces
 * into inline ones, which the site's policy refuses.
 */
function typeOver(event, view) {
  if (event.inputType !== "insertText" || !event.data || view.composing || view.state.selection.main.empty) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data), { scrollIntoView: true, userEvent: "input.type" });
  return true;
}

/** Put an editor into `parent`. `changed(text)` hears every edit. Returns {text(), setText(text), focus()}. */
export function makeEditor({ parent, text, label, changed }) {
  const root = parent.attachShadow({ mode: "open" });
  const extensions = [
    lineNumbers(),
    history(),
    indentUnit.of("    "),
    indentOnInput(),
    bracketMatching(),
    pythonLanguage,
    syntaxHighlighting(COLOURS),
    LOOK,
    keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", autocapitalize: "off", autocorrect: "off", spellcheck: "false" }),
    EditorView.domEventHandlers({ beforeinput: typeOver }),
    EditorView.updateListener.of((update) => { if (update.docChanged) changed(update.state.doc.toString()); }),
  ];
  const view = new EditorView({ state: EditorState.create({ doc: text, extensions }), parent: root, root });
  return {
    text: () => view.state.doc.toString(),
    setText: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    focus: () => view.focus(),
  };
}
