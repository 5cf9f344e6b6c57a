export { defaultOtpRules, type OtpRules, Otps } from './otps.ts';
