namespace WsusDashboard.Shared.Contract.Border;

/// <summary>A field that is beyond its limit and can't be cut.</summary>
/// <param name="Field">Its path in the message, as the contract names it: "event.sync_run.id".</param>
/// <param name="Problem">What is wrong and what is allowed, to follow the field's name; the value itself is not repeated.</param>
public sealed record Breach(string Field, string Problem)
{
    /// <summary>For a person.</summary>
    public string Sentence => $"{(Field.Length == 0 ? "The message" : Field)} {Problem}.";

    /// <summary>The same, seen from the message around it.</summary>
    internal Breach Below(string field) => this with { Field = Field.Length == 0 ? field : $"{field}.{Field}" };
}
