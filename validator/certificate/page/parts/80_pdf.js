// Just enough PDF: the streams of embedded files. Pages, fonts and digital signatures are not looked at.

const PDF_LARGEST = 64 * 1024 * 1024;
const PDF_ATTACHMENT = 4 * 1024 * 1024;

const isPdf = (bytes) => latin1(bytes.slice(0, 1024)).includes("%PDF-");

/**
 * The content of every embedded file that lies in the document, also of those that a later update hides:
 * two that differ are for the reader to refuse, as no part of this page decides which one is shown.
 */
async function pdfAttachments(bytes) {
  if (bytes.length > PDF_LARGEST) throw new Refused("json.too_large", { most: PDF_LARGEST });
  const text = latin1(bytes);
  if (/\/Encrypt\s*(?:<<|\d+\s+\d+\s+R)/.test(text)) throw new Refused("pdf.encrypted");
  const found = [];
  for (const mark of text.matchAll(/\/Type\s*\/EmbeddedFile(?![A-Za-z])/g)) {
    const start = text.lastIndexOf(" obj", mark.index);
    const keyword = /stream\r?\n/g;
    keyword.lastIndex = mark.index;
    const stream = keyword.exec(text);
    if (start < 0 || !stream) throw new Refused("pdf.malformed");
    found.push(await streamContent(bytes, text, text.slice(start, stream.index), keyword.lastIndex));
  }
  return found;
}

async function streamContent(bytes, text, dictionary, start) {
  const stated = /\/Length\s+(\d+)(?:\s+(\d+)\s+R)?/.exec(dictionary);
  if (!stated) throw new Refused("pdf.malformed");
  let length = Number(stated[1]);
  if (stated[2] !== undefined) {
    const objects = [...text.matchAll(new RegExp(`(?<![0-9])${stated[1]}\\s+${stated[2]}\\s+obj\\s+(\\d+)\\s+endobj`, "g"))];
    if (objects.length !== 1) throw new Refused("pdf.malformed");
    length = Number(objects[0][1]);
  }
  if (!/^\s*endstream/.test(text.slice(start + length, start + length + 20))) throw new Refused("pdf.malformed");
  const raw = bytes.slice(start, start + length);
  const filter = /\/Filter\s*(\[[^\]]*\]|\/[A-Za-z0-9]+)/.exec(dictionary)?.[1].replace(/[[\]\s]/g, "") ?? "";
  if (filter === "") return raw;
  if (filter !== "/FlateDecode" || dictionary.includes("/DecodeParms")) throw new Refused("pdf.filter", { filter });
  return inflated(raw, "deflate", PDF_ATTACHMENT);
}
