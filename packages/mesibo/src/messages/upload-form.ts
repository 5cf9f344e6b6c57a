/** Where a file is after it was uploaded, as servers of applications say it: `{"result":true,"url":…}` or `{"file":…}`. */
export async function uploadByForm(
  url: string,
  { fields, file, name, signal }: UploadForm,
): Promise<string | undefined> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, String(value));
  form.append('file', file, name);
  const response = await fetch(url, { method: 'POST', body: form, signal });
  const answer = (await response.json()) as { result?: unknown; url?: unknown; file?: unknown };
  const link = answer.url ?? answer.file;
  return response.ok && answer.result !== false && typeof link === 'string' ? link : undefined;
}

export interface UploadForm {
  readonly fields: object;
  readonly file: Blob;
  readonly name: string;
  readonly signal: AbortSignal;
}
