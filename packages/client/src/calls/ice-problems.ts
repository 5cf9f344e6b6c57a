import { type CallFailure, StoaError } from '@stoa/protocol';

type IceError = Pick<RTCPeerConnectionIceErrorEvent, 'url' | 'errorCode' | 'errorText'>;

/** Why STUN and TURN servers were of no use: of interest when a call cannot be connected. */
export class IceProblems {
  readonly #errors = new Map<string, IceError>();

  add({ url, errorCode, errorText }: IceError): void {
    this.#errors.set(url, { url, errorCode, errorText });
  }

  /** The problem of a TURN server. The answer of one that was reached tells more. */
  get problem(): StoaError | undefined {
    const errors = [...this.#errors.values()].filter(({ url }) => url.startsWith('turn'));
    const answered = errors.find(({ errorCode }) => errorCode >= 300 && errorCode < 700);
    if (answered !== undefined) {
      const { url, errorCode, errorText } = answered;
      const isRefusal = errorCode === 401 || errorCode === 403 || errorCode === 441;
      const what = isRefusal ? 'refused the credentials' : 'refused to relay';
      return new StoaError('UNAVAILABLE', `The TURN server ${url} ${what} (${errorCode} ${errorText}).`, {
        hint: isRefusal
          ? 'Compare STOA_TURN_SECRET with the secret of the TURN server, and the clocks of both machines.'
          : 'Look in the log of the TURN server.',
      });
    }
    const [unreached] = errors;
    if (unreached === undefined) return undefined;
    return new StoaError('UNAVAILABLE', `The TURN server ${unreached.url} could not be reached.`, {
      hint: 'Check STOA_TURN_URLS, the firewall, and whether the TURN server runs.',
    });
  }

  get reason(): CallFailure {
    return this.problem === undefined ? 'networkError' : 'networkBlocked';
  }
}
