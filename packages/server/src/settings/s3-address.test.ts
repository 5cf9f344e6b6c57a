import { expect, it } from 'vitest';
import { s3Address } from './s3-address.ts';

it('an address names a bucket, and what is needed to reach it', () => {
  expect(
    s3Address.read('s3://key:a%2Fsecret@bucket/a/b/?endpoint=http://127.0.0.1:9000&region=eu-west-1'),
  ).toEqual({
    value: {
      bucket: 'bucket',
      prefix: 'a/b/',
      endpoint: 'http://127.0.0.1:9000/',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'key', secretAccessKey: 'a/secret' },
    },
  });
  expect(s3Address.read('s3://bucket')).toEqual({
    value: { bucket: 'bucket', prefix: '', endpoint: null, region: 'us-east-1', credentials: null },
  });
});

it.each([
  'bucket',
  's3://',
  's3://B_UCKET',
  'https://bucket',
  's3://bucket?endpoint=ftp://a',
  's3://bucket?regoin=a',
  's3://key@bucket',
  's3://%zz',
  7,
])('%j is no such address', (input) => {
  expect(s3Address.read(input)).toEqual({ problem: expect.stringContaining('s3://bucket') });
});
