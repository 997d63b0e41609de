namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for to make properties that are set once; .NET Standard 2.0 doesn't have it.</summary>
internal static class IsExternalInit;
