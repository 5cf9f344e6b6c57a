/** Puts a text on the clipboard. Rejects with what the user can do instead, when the page may not do that. */
export async function copyText(text: string): Promise<void> {
  try {
    // There is none in a page that does not come over HTTPS.
    if (navigator.clipboard === undefined) throw new Error('This page has no clipboard.');
    await navigator.clipboard.writeText(text);
  } catch (cause) {
    throw new Error('The browser does not let this page copy. Select the text and copy it yourself.', {
      cause,
    });
  }
}
