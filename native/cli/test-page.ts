/** Lines of a test page on A4, in the one font that every PDF printer has. */
const LINES = ['hall24 test page', 'If you can read this, paper, toner and the way to the printer are well.'];

/** A PDF file of one A4 page (595 x 842 points): a frame near the edges, to see what is cut off, and two lines. */
export function testPage(): Uint8Array {
  const text = LINES.map(
    (line, index) => `BT /F1 ${index === 0 ? 24 : 12} Tf 72 ${740 - index * 40} Td (${line}) Tj ET`,
  );
  const drawing = ['1 w 28 28 539 786 re S', ...text].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = file.length;
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  file += `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return new TextEncoder().encode(file);
}
