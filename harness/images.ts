/**
 * The image of pods that only pass the time. Its tag is not `latest`, or a kubelet would ask a registry for it each time
 * instead of taking what its node has.
 */
export const SLEEP_IMAGE = 'busybox:1.37';
