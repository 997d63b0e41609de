namespace WsusDashboard.Agent.Security.Audit;

/// <summary>One command in the audit: once it begins it stands in the chain, and so does its end; as long as it has not begun it is only counted.</summary>
/// <remarks>For one command; its methods are called one after the other.</remarks>
internal sealed class CommandRecord(AgentAudit audit, AgentAuditEntry asked)
{
    private bool _hasBegun;

    /// <summary>Right before anything is changed.</summary>
    /// <exception cref="CommandException">It cannot be written, so nothing is changed.</exception>
    public void Begin()
    {
        audit.Write(asked with { Outcome = "asked" });
        _hasBegun = true;
    }

    /// <param name="outcome">As <see cref="AgentAuditEntry.Outcome"/> has it.</param>
    /// <param name="detail">Why, where it was refused or failed.</param>
    public void End(string outcome, string detail = "")
    {
        var ended = asked with { Outcome = outcome, Detail = detail };
        if (_hasBegun)
        {
            audit.TryWrite(ended);
        }
        else
        {
            audit.Count(ended);
        }
    }
}
