namespace WsusDashboard.Agent.Tests.Repairs;

/// <summary>Ends the agent at one moment: at the n-th place where it touches the world. Counts the places while it does not.</summary>
internal sealed class CrashPoint
{
    private readonly Lock _gate = new();
    private int _remaining = int.MaxValue;
    private Action _endAgent = () => { };

    /// <summary>Places passed so far, by name.</summary>
    public List<string> Passed { get; } = [];

    /// <summary>Something that happens at a place, once it is passed.</summary>
    public Action<int> AtPlace { get; set; } = _ => { };

    public bool HasCrashed { get; private set; }

    /// <summary>A new life of the agent; it ends at the place with this number, or never.</summary>
    public void Begin(CancellationTokenSource agent, int? crashAt)
    {
        lock (_gate)
        {
            _endAgent = agent.Cancel;
            _remaining = crashAt ?? int.MaxValue;
            HasCrashed = false;
        }
    }

    /// <summary>The agent ends now, wherever it is.</summary>
    public void End()
    {
        lock (_gate)
        {
            HasCrashed = true;
            _endAgent();
        }
    }

    /// <exception cref="OperationCanceledException">The agent ends here: nothing of it runs on.</exception>
    public void Pass(string name)
    {
        int place;
        lock (_gate)
        {
            if (HasCrashed || _remaining == 0)
            {
                HasCrashed = true;
                _endAgent();
                throw new OperationCanceledException($"The agent was ended at {name}.");
            }

            place = Passed.Count;
            Passed.Add(name);
            _remaining--;
        }

        AtPlace(place);
    }
}
