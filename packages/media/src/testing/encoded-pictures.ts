/** Three red pictures of 64 x 48 pixels in each codec, as encoders made them: what a decoder is to play has to be real. */

/** H.264, baseline: a key frame with its parameters, and what follows it. */
export const h264Units = {
  sequence: hex('6742c00ad9047b011000000300100000030140f1226480'),
  picture: hex('68cb83cb20'),
  key: hex('6588840ff118a00026fb1c000470638000ab949c9c9d75d75d75d75e'),
  deltas: [hex('419a381de360'), hex('419a5406f8d8')],
};

/** H.264, high profile: 66 x 50 pixels, cropped. */
export const croppedSequence = hex('6764000aacb20a4f11118088000003000800000300a078913240');

/** AV1: the OBUs without their sizes, as RTP carries them. */
export const av1Obus = {
  delimiter: hex('10'),
  sequence: hex('0800000002aff79b5f2008'),
  key: hex('3010009000082082200000c1b4e5c1a2503ec8d65dffa7986644f49b9dce'),
  deltas: [hex('3030038080fdf806c0005965962810420095b0'), hex('30300401057df806c0005965962810420091c0')],
};

function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}
