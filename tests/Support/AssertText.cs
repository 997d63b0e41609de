namespace WsusDashboard.Support;

/// <summary>Asserts on the facts in a text, not on its wording: names, numbers, keys and codes that must be told however the sentence is put.</summary>
public static class AssertText
{
    public static void Tells(string? text, params string[] facts) => Assert.All(facts, fact => Assert.Contains(fact, text, StringComparison.OrdinalIgnoreCase));
}
