/** Media types are compared without case and blanks; parameters beyond the ones that were asked for (a charset) do not matter. */
export function sameType(seen: string, asked: string): boolean {
  const parts = (type: string) => type.toLowerCase().replaceAll(' ', '').split(';');
  return parts(asked).every((part) => parts(seen).includes(part));
}
