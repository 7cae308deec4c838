#!/usr/bin/env bash
# One cell of the matrix: a network, a service proxy and IP families on kind.
#   cell.sh config  NETWORK PROXY FAMILY    prints the configuration of kind
#   cell.sh install NETWORK PROXY FAMILY    installs the network with Helm, for flatnet run --setup
# NETWORK: kindnet, flannel, calico or cilium. PROXY: iptables, nftables, or none (Cilium in its place).
# FAMILY: ipv4, ipv6 or dual.
set -euo pipefail

FLANNEL=v0.28.0 PLUGINS=v1.8.0 CALICO=v3.32.2 CILIUM=1.20.2
FOUR=10.244.0.0/16 SIX=fd00:10:244::/56

usage() {
  sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 64
}
[[ $# -eq 4 ]] || usage
action=$1 network=$2 proxy=$3 family=$4
[[ $network =~ ^(kindnet|flannel|calico|cilium)$ && $proxy =~ ^(iptables|nftables|none)$ ]] || usage
[[ $proxy != none || $network == cilium ]] || usage
case $family in
  ipv4) ranges=("$FOUR") ;;
  ipv6) ranges=("$SIX") ;;
  dual) ranges=("$FOUR" "$SIX") ;;
  *) usage ;;
esac
has() { [[ $family == "$1" || $family == dual ]] && echo true || echo false; }

config() {
  local IFS=,
  cat <<KIND
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking:
  ipFamily: $family
  kubeProxyMode: $proxy
  podSubnet: "${ranges[*]}"
  disableDefaultCNI: $([[ $network == kindnet ]] && echo false || echo true)
nodes: [{ role: control-plane }, { role: worker }, { role: worker }]
KIND
}

chart() {
  helm install --wait --timeout 10m --create-namespace "$@"
}

# The nodes of kind lack the plug-in "bridge", which flannel calls.
flannel() {
  local node
  for node in $(kind get nodes --name "$KIND_CLUSTER_NAME"); do
    docker exec "$node" sh -c "curl -fsSL https://github.com/containernetworking/plugins/releases/download/$PLUGINS/cni-plugins-linux-\$(dpkg --print-architecture)-$PLUGINS.tgz | tar -xz -C /opt/cni/bin ./bridge"
  done
  chart flannel "https://github.com/flannel-io/flannel/releases/download/$FLANNEL/flannel.tgz" --namespace kube-flannel \
    --set podCidr="$([[ $(has ipv4) == true ]] && echo $FOUR)" --set podCidrv6="$([[ $(has ipv6) == true ]] && echo $SIX)"
}

calico() {
  local pools=() i
  for i in "${!ranges[@]}"; do
    pools+=(--set "installation.calicoNetwork.ipPools[$i].cidr=${ranges[$i]}")
    pools+=(--set "installation.calicoNetwork.ipPools[$i].encapsulation=VXLAN")
  done
  chart calico tigera-operator --repo https://docs.tigera.io/calico/charts --version "$CALICO" --namespace tigera-operator "${pools[@]}"
}

cilium() {
  local values=(--set ipam.mode=kubernetes --set "ipv4.enabled=$(has ipv4)" --set "ipv6.enabled=$(has ipv6)")
  if [[ $proxy == none ]]; then
    values+=(--set kubeProxyReplacement=true --set "k8sServiceHost=$KIND_CLUSTER_NAME-control-plane" --set k8sServicePort=6443)
  fi
  chart cilium cilium --repo https://helm.cilium.io --version "$CILIUM" --namespace kube-system "${values[@]}"
}

case $action in
  config) config ;;
  install) [[ $network != kindnet ]] && "$network" ;;
  *) usage ;;
esac
