const TEXT = 25;
const NULL = -1;

/** A `text[]` as PostgreSQL reads it in binary: JSON goes through without every quotation mark being escaped and unescaped. */
export const textArray = (values: readonly (string | null)[]): Buffer => {
  const sizes = values.map((value) => (value === null ? NULL : Buffer.byteLength(value)));
  const buffer = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + Math.max(size, 0), 20));
  let at = 0;
  // Dimensions, whether there are nulls, type of the elements, their number, index of the first.
  for (const head of [1, sizes.includes(NULL) ? 1 : 0, TEXT, values.length, 1]) at = buffer.writeInt32BE(head, at);
  values.forEach((value, index) => {
    at = buffer.writeInt32BE(sizes[index]!, at);
    if (value !== null) at += buffer.write(value, at);
  });
  return buffer;
};
