# One node of Stoa, with the web applications built. See docs/deploy/.
FROM node:24-slim

WORKDIR /app
COPY . .
# Installs what package-lock.json names, and builds the web parts.
RUN node scripts/setup.mjs && mkdir /data && chown node:node /data

ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 STOA_DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8080
CMD ["node", "--max-semi-space-size=16", "packages/cli/src/stoa.ts", "serve"]
