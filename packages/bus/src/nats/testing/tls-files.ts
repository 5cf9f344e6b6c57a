import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Made for tests: a certificate for localhost and 127.0.0.1 that signs itself, and its key. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKlBzDW23oUC/5ok
tJY0HCNO9nhyvFsq+QLpaSZxZWpipqAvi7NL+Rfe73xZ+pruy4ijUs0rw8J9nZ+f
QLSijKmjTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBTHCgeFDBjRCu4+yQLtb7qrPEK8KDAKBggqhkjOPQQD
AgNIADBFAiEA0e4GYgyPq2cR0fvUd7HYrGE36utmGPH1kmoaekx8kyMCID6C0QFT
quChEsej667dZeya95IXUJyW8UpPBwuh5qNh
-----END CERTIFICATE-----
`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkvpZxt+LM+v57PTU
w6/Qd34dGOIO8QXCBmH/eJRSLaOhRANCAASpQcw1tt6FAv+aJLSWNBwjTvZ4crxb
KvkC6WkmcWVqYqagL4uzS/kX3u98Wfqa7suIo1LNK8PCfZ2fn0C0ooyp
-----END PRIVATE KEY-----
`;

export function writeTlsFiles(folder: string): { readonly certificate: string; readonly key: string } {
  const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.key, key);
  return files;
}
