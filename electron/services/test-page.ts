/**
 * A PDF file of one A4 page with a few lines for the technician: what was printed and a frame near the edges, by which
 * one sees whether the sheet lies straight. Latin letters in a font that every printer has; nothing personal.
 */
export function testPage(): Uint8Array {
  const lines = ['hall24 test page', 'A4, 210 x 297 mm. The frame stands 10 mm from each edge.'];
  const text = lines.map(
    (line, index) => `BT /F1 ${index === 0 ? 24 : 12} Tf 57 ${760 - index * 30} Td (${line}) Tj ET`,
  );
  const content = `28.35 28.35 538.6 785.2 re S\n${text.join('\n')}\n`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}endstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const places: number[] = [];
  for (const [index, object] of objects.entries()) {
    places.push(file.length);
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Uint8Array.from(file, (char) => char.charCodeAt(0));
}
