namespace WsusDashboard.Dashboard.Components.Parts;

/// <summary>What a person is asked before something is changed: it names the verb, the object and the server.</summary>
public sealed record ConfirmRequest
{
    /// <summary>A question with verb, object and server: "Restart SMS_EXECUTIVE on BRN-WSUS02?".</summary>
    public required string Title { get; init; }

    /// <summary>What stops meanwhile, what is kept.</summary>
    public required string Consequence { get; init; }

    /// <summary>What will come otherwise than whoever asks expects, for example that it waits for an approval; null where nothing does.</summary>
    public string? Warning { get; init; }

    /// <summary>Single things that are touched, each by name; may be empty.</summary>
    public IReadOnlyList<string> Touches { get; init; } = [];

    /// <summary>The words on the button: "Restart SMS_EXECUTIVE on BRN-WSUS02".</summary>
    public required string Verb { get; init; }

    public bool IsDangerous { get; init; }

    /// <summary>True where a reason and a ticket are asked for.</summary>
    public bool AsksReason { get; init; }
}

/// <summary>The answer: null in its place means no.</summary>
/// <param name="Reason">As typed; empty where none.</param>
/// <param name="Ticket">As typed; empty where none.</param>
public sealed record ConfirmAnswer(string Reason, string Ticket = "")
{
    public Kernel.Purpose Purpose => new(Reason, Ticket);
}

/// <summary>Asks through the one confirm dialog of the layout. One circuit, the renderer's thread only.</summary>
public sealed class Confirmation
{
    private TaskCompletionSource<ConfirmAnswer?>? _pending;

    public ConfirmRequest? Current { get; private set; }

    public event Action? Changed;

    /// <summary>Null where the person said no. A question that is asked while another stands open answers the older one with no.</summary>
    public Task<ConfirmAnswer?> AskAsync(ConfirmRequest request)
    {
        _pending?.TrySetResult(null);
        _pending = new TaskCompletionSource<ConfirmAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Current = request;
        Changed?.Invoke();
        return _pending.Task;
    }

    public void Answer(ConfirmAnswer? answer)
    {
        Current = null;
        Changed?.Invoke();
        _pending?.TrySetResult(answer);
        _pending = null;
    }
}
