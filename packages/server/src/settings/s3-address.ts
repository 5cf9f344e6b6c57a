import type { SettingType } from './setting-types.ts';

/** A bucket on a store that speaks S3. */
export interface S3Address {
  readonly bucket: string;
  /** Put before the names of all objects; empty or with a slash at its end. */
  readonly prefix: string;
  /** Null for Amazon's own. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Null: as the environment of the process says (AWS_ACCESS_KEY_ID, AWS_PROFILE, the machine's role …). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  /** Whether browsers are sent to the bucket for what they download. */
  readonly downloads: 'here' | 'bucket';
}

/** The origins to which browsers are sent for downloads; none when these come from the server. */
export function downloadOrigins(address: S3Address | null): string[] {
  if (address === null || address.downloads === 'here') return [];
  const { bucket, endpoint, region } = address;
  if (endpoint !== null) return [new URL(endpoint).origin];
  return [`https://${bucket}.s3.${region}.amazonaws.com`, `https://s3.${region}.amazonaws.com`];
}

const expects = 'an address such as s3://bucket/folder?endpoint=https://s3.example.com&region=eu-central-1';

export const s3Address: SettingType<S3Address> = {
  expects,
  read: (input) => {
    const value = typeof input === 'string' ? parse(input.trim()) : undefined;
    return value === undefined ? { problem: `must be ${expects}` } : { value };
  },
};

const names = new Set(['endpoint', 'region', 'downloads']);

function parse(text: string): S3Address | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host, username, password, pathname, searchParams, hash } = new URL(text);
  if (protocol !== 's3:' || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(host) || hash !== '') return undefined;
  if ([...searchParams.keys()].some((name) => !names.has(name))) return undefined;
  if ((username === '') !== (password === '')) return undefined;
  const endpoint = searchParams.get('endpoint');
  if (endpoint !== null && !/^https?:\/\/[^/]/.test(endpoint)) return undefined;
  const downloads = searchParams.get('downloads') ?? 'here';
  if (downloads !== 'here' && downloads !== 'bucket') return undefined;
  const folder = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '');
  return {
    bucket: host,
    prefix: folder === '' ? '' : `${folder}/`,
    endpoint: endpoint === null ? null : new URL(endpoint).href,
    region: searchParams.get('region') ?? 'us-east-1',
    credentials:
      username === ''
        ? null
        : { accessKeyId: decodeURIComponent(username), secretAccessKey: decodeURIComponent(password) },
    downloads,
  };
}
