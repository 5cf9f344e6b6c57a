import { expect, it } from 'vitest';
import { downloadOrigins, s3Address } from './s3-address.ts';

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
      downloads: 'here',
    },
  });
  expect(s3Address.read('s3://bucket')).toEqual({
    value: {
      bucket: 'bucket',
      prefix: '',
      endpoint: null,
      region: 'us-east-1',
      credentials: null,
      downloads: 'here',
    },
  });
  expect(s3Address.read('s3://bucket?downloads=bucket')).toMatchObject({ value: { downloads: 'bucket' } });
});

it.each([
  'bucket',
  's3://',
  's3://B_UCKET',
  'https://bucket',
  's3://bucket?endpoint=ftp://a',
  's3://bucket?regoin=a',
  's3://bucket?downloads=yes',
  's3://key@bucket',
  's3://%zz',
  7,
])('%j is no such address', (input) => {
  expect(s3Address.read(input)).toEqual({ problem: expect.stringContaining('s3://bucket') });
});

it.each([
  ['s3://bucket?endpoint=https://s3.example.com:9000/a', []],
  ['s3://bucket?endpoint=https://s3.example.com:9000/a&downloads=bucket', ['https://s3.example.com:9000']],
  [
    's3://bucket?region=eu-west-1&downloads=bucket',
    ['https://bucket.s3.eu-west-1.amazonaws.com', 'https://s3.eu-west-1.amazonaws.com'],
  ],
])('with %s, downloads are at %j', (text, origins) => {
  const read = s3Address.read(text);
  expect('value' in read && downloadOrigins(read.value)).toEqual(origins);
});
