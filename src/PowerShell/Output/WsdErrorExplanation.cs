using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Output;

/// <summary>What an error number means.</summary>
public sealed class WsdErrorExplanation
{
    /// <summary>The number.</summary>
    public string Number { get; internal init; } = "";

    /// <summary>Other ways to write it.</summary>
    public string[] Forms { get; internal init; } = [];

    /// <summary>Its name.</summary>
    public string Symbol { get; internal init; } = "";

    /// <summary>Where it comes from.</summary>
    public string Family { get; internal init; } = "";

    /// <summary>What it says.</summary>
    public string Meaning { get; internal init; } = "";

    /// <summary>Where that stands.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>False if the table doesn't have it.</summary>
    public bool IsKnown { get; internal init; }

    /// <summary>Causes that go by this number.</summary>
    public WsdNamedCause[] Causes { get; internal init; } = [];

    /// <summary>What a list shows.</summary>
    public override string ToString() => $"{Number}: {Meaning}";

    internal static WsdErrorExplanation From(JsonValue json) => new()
    {
        Number = json["error"]["number"].Text,
        Forms = json["error"]["forms"].Texts(),
        Symbol = json["error"]["symbol"].Text,
        Family = json["error"]["family"].Text,
        Meaning = json["error"]["words"].Text,
        Source = json["error"]["source"].Text,
        IsKnown = json["error"]["isKnown"].IsTrue,
        Causes = json["causes"].Select(WsdNamedCause.From),
    };
}

/// <summary>A cause.</summary>
public sealed class WsdNamedCause
{
    /// <summary>Its id, as in the Cause of a server or sync.</summary>
    public string CauseId { get; internal init; } = "";

    /// <summary>In a few words.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What a list shows.</summary>
    public override string ToString() => CauseId;

    internal static WsdNamedCause From(JsonValue json) => new()
    {
        CauseId = json["id"].Text,
        Name = json["name"].Text,
    };
}
