import { timingSafeEqual } from "node:crypto";

/** Whether both texts are equal, in a time that depends only on whether their lengths are. */
export function constantTimeEqual(a: string, b: string): boolean {
  const [bytesOfA, bytesOfB] = [Buffer.from(a), Buffer.from(b)];
  return bytesOfA.length === bytesOfB.length && timingSafeEqual(bytesOfA, bytesOfB);
}
