export { Devices, endError, type ListedDevice, type SignedInDevice } from './devices.ts';
export { deviceOperations } from './operations.ts';
