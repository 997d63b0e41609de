namespace WsusDashboard.Iis.Emulation.Schema;

internal sealed class BooleanRule : ValueRule
{
    public override string TypeName => "bool";

    public override string Allowed => "true or false";

    // Hand-written files have "True" as well; bool.TryParse would also take white space around it.
    public override object? Parse(string text) =>
        string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) ? true
        : string.Equals(text, "false", StringComparison.OrdinalIgnoreCase) ? false
        : null;

    public override object? Accept(object value) => value switch
    {
        bool => value,
        string text => Parse(text),
        _ => null,
    };

    public override string Format(object value) => (bool)value ? "true" : "false";
}
