namespace WsusDashboard.Shared.Contract.V1;

/// <summary>A request that changes something: a hub says in its context who asks and until when; somebody on the server says it in its own fields.</summary>
public interface IVerbRequest
{
    /// <summary>Null on the server itself.</summary>
    VerbContext Context { get; set; }

    /// <summary>Who asks.</summary>
    string RequestedBy { get; set; }
}

/// <summary>A verb with a reason.</summary>
public interface IReasonedVerbRequest : IVerbRequest
{
    /// <summary>Reason or ticket.</summary>
    string Reason { get; set; }
}

/// <summary>A verb that the journal of repairs knows by its key: asked again it answers with the run as it is then.</summary>
public interface IJournaledVerbRequest : IReasonedVerbRequest
{
    /// <summary>The key.</summary>
    string IdempotencyKey { get; set; }
}

public sealed partial class StartRemediationRequest : IJournaledVerbRequest;

public sealed partial class UndoRemediationRequest : IJournaledVerbRequest;

public sealed partial class CancelRemediationRequest : IVerbRequest;

public sealed partial class ControlServiceRequest : IReasonedVerbRequest;

public sealed partial class ControlPoolRequest : IReasonedVerbRequest;

public sealed partial class StartSyncRequest : IReasonedVerbRequest;

public sealed partial class StopSyncRequest : IReasonedVerbRequest;
