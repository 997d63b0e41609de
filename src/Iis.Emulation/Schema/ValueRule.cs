namespace WsusDashboard.Iis.Emulation.Schema;

/// <summary>A type of the IIS schema with its validation: which texts and values an attribute takes.</summary>
internal abstract class ValueRule
{
    /// <summary>Name of the type in the schema.</summary>
    public abstract string TypeName { get; }

    /// <summary>Name of the validation in the schema; empty where there is none.</summary>
    public virtual string ValidationType => "";

    public virtual string ValidationParameter => "";

    /// <summary>What is allowed, for a person: "an integer from 10 to 65535".</summary>
    public abstract string Allowed { get; }

    /// <summary>The value that a text of the file means; null where it is not allowed.</summary>
    public abstract object? Parse(string text);

    /// <summary>A caller's value in the type that the API returns; null where it is not allowed.</summary>
    public abstract object? Accept(object value);

    public abstract string Format(object value);
}
