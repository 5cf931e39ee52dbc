// What was copied from Word, from a mail or from a page, as the Markdown that the hub formats.

const ENDS = /^(\s*)([^]*?)(\s*)$/; // the words, without the blanks around them

// Of HTML these tags are kept, as Markdown; of all others their words, and of `GONE` nothing. Deeper levels of a list
// begin with tabs meanwhile: the words have none.
const GONE = new Set(["SCRIPT", "TITLE", "XML"]);
const TAGS = {
  BR: () => "\n",
  P: (words, node) => `\n\n${item(node)}${words.trim()}\n\n`,
  DIV: (words) => `\n\n${words}\n\n`,
  TR: (words) => `\n${words.trim()}\n`,
  TD: (words) => `${words.trim()} `,
  B: (words, node) => (/font-weight:\s*(normal|400)/.test(styleOf(node)) ? words : around(words, "**")),
  I: (words) => around(words, "*"),
  A: (words, node) => (/^https:/.test(node.getAttribute("href") ?? "") && words.trim() ? `[${words.trim()}](${node.getAttribute("href")})` : words),
  LI: (words, node) => `\n${"\t".repeat(depth(node))}${node.parentNode.tagName === "OL" ? `${place(node)}.` : "-"} ${words.trim().replace(/\n{2,}/g, "\n")}`,
  UL: (words, node) => (depth(node) < 0 ? `\n\n${words}\n\n` : words),
};
const SAME = { STRONG: "B", EM: "I", OL: "UL", TH: "TD", SECTION: "DIV", ARTICLE: "DIV", BLOCKQUOTE: "DIV" };

const styleOf = (node) => node.dataset.style ?? "";
const place = (node) => [...node.parentNode.children].indexOf(node) + 1;
const around = (words, mark) => words.replace(ENDS, (all, before, core, after) => (core ? before + mark + core + mark + after : all));

// How many lists are around the list of an item; -1 of a list in no other.
function depth(node) {
  let lists = -1;
  for (let one = node.parentElement; one; one = one.parentElement) lists += one.matches("ul, ol");
  return lists;
}

// Word writes an item as a paragraph that begins with its sign.
function item(node) {
  const level = /mso-list:[^;]*level(\d)/.exec(styleOf(node));
  const sign = level && node.querySelector("[data-style*='mso-list:Ignore' i]")?.textContent.trim();
  return level ? `${"\t".repeat(level[1] - 1)}${/^\d+[.)]/.test(sign ?? "") ? `${parseInt(sign, 10)}.` : "-"} ` : "";
}

function written(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/\s+/g, " ");
  if (node.nodeType !== Node.ELEMENT_NODE || GONE.has(node.tagName) || /mso-list:\s*ignore/i.test(styleOf(node))) return "";
  const words = [...node.childNodes].map(written).join("");
  if (/^H[1-6]$/.test(node.tagName) || node.className === "MsoTitle") return `\n\n## ${words.replaceAll("**", "").trim()}\n\n`;
  return TAGS[SAME[node.tagName] ?? node.tagName]?.(words, node) ?? words;
}

export function toMarkdown(html) {
  // The policy of the page refuses styles where they are read, too; some say what is a list.
  const plain = html.replace(/<style\b[^]*?<\/style>/gi, "").replace(/(\s)style\s*=/gi, "$1data-style=");
  const text = written(new DOMParser().parseFromString(plain, "text/html").body);
  return text.replace(/\*\*( *)\*\*/g, "$1").replace(/ *\n */g, "\n").replace(/\n{3,}/g, "\n\n").trim()
    .replace(/(^|\n)(\t*(?:-|\d+\.) [^\n]*)\n\n(?=\t*(?:-|\d+\.) )/g, "$1$2\n").replace(/^\t+/gm, (tabs) => "   ".repeat(tabs.length));
}
