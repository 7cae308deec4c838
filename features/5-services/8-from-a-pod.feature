@problem-3 @core @needs-services
Feature: Problem 3: what every pod is given to start with
  Before it knows a single name, a process in a pod can reach the API server, and the Services that were
  created before the pod.

  Rule: The API server has a Service of its own
  Every controller and every sidecar that talks to the API begins here ([accessing the API from a pod][POD]).
  If one node does not send its pods to the API server, they start and know nothing.

  [POD]: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/

    @S22
    Scenario: the virtual IP of the API's Service leads to the API server over TLS
      Given a client pod, and the Service of the API server
      When the client asks for the API's version over TLS
      Then the certificate is the cluster's own and good for the virtual IP
      And the API server answers every client

  Rule: A pod knows the Services before it
  "When you have a Pod that needs to access a Service, and you are using the environment variable method … you must create the
  Service before the client Pods come into existence" ([discovering Services][ENV]).

  [ENV]: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables

    @S23 @makes-pods
    Scenario: environment variables name the Services created before the pod alone
      Given a pod on every node, created after one Service and before another one
      When every application container reports its environment
      Then every report has the address and port of the Service that was created before it
      And no report has anything of the Service that was created after it
