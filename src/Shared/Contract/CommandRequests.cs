namespace WsusDashboard.Shared.Contract.V1;

/// <summary>A request that changes something.</summary>
public interface ICommandRequest
{
    /// <summary>Who asks, and, from a hub, until when.</summary>
    CommandContext Context { get; set; }
}

public sealed partial class StartRepairRequest : ICommandRequest;

public sealed partial class UndoRepairRequest : ICommandRequest;

public sealed partial class CancelRepairRequest : ICommandRequest;

public sealed partial class KeepSettingsRequest : ICommandRequest;

public sealed partial class ControlServiceRequest : ICommandRequest;

public sealed partial class ControlPoolRequest : ICommandRequest;

public sealed partial class StartSyncRequest : ICommandRequest;

public sealed partial class StopSyncRequest : ICommandRequest;
