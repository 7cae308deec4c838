/** Hooks for rules that filter packets, before the rules of the network. */
export const FORWARD = 'filter hook forward priority -10'
export const OUTPUT = 'filter hook output priority -10'
export const INPUT = 'filter hook input priority -10'
/** Before a virtual IP is translated. */
export const BEFORE_TRANSLATION = 'filter hook prerouting priority -110'
/** An answer gets the virtual IP as its source after all other rules. */
export const AFTER_TRANSLATION = 'filter hook postrouting priority 110'
