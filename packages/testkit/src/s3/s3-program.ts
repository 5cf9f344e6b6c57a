/**
 * Serves S3 from a folder until it is ended: `node s3-program.ts <folder> <port> <bucket>`. Started by `test-s3.ts`.
 * @module
 */
import S3rver from '@20minutes/s3rver';

/** Pages of any origin may read what they have an address for. */
const readable =
  '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>';

const [directory = '', port = '0', bucket = ''] = process.argv.slice(2);
const server = new S3rver({
  address: '127.0.0.1',
  port: Number(port),
  directory,
  silent: true,
  configureBuckets: [{ name: bucket, configs: [readable] }],
});
const address = await server.run();
console.info(`S3 is ready on port ${address.port}.`);
