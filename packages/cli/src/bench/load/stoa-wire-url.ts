/** URL of the module by which load processes speak to Stoa. */
export const stoaWire = new URL('./stoa-wire.ts', import.meta.url).href;
