export { askForGroupProgress } from './group-progress.ts';
export {
  type Group,
  type GroupMember,
  type GroupPin,
  type GroupRequest,
  type GroupSettings,
  Groups,
  type MemberRights,
  type NewGroup,
  type PinSettings,
} from './groups.ts';
