/**
 * The members of a header that is a list, without the spaces around them. A stranger may put thousands of spaces there:
 * splitting by an expression that takes them, too, would try them again from each of their places.
 */
export function headerList(header: string | undefined, separator: ',' | ';' = ','): string[] {
  return header === undefined ? [] : header.split(separator).map((member) => member.trim());
}
