namespace GoNoGo.Learning.Checkpoints;

/// <summary>
/// What wrappers put before parameter names is taken off: <c>module.</c> (data parallel), <c>_orig_mod.</c> (compiled) and
/// <c>model.</c> (trainers) where every tensor has it, in any order; then <c>backbone.</c> where some have it and no name would
/// occur twice (the others are heads, and stay as they are).
/// </summary>
internal static class PrefixRule
{
    private const string Backbone = "backbone.";
    private static readonly string[] Wrappers = ["module.", "_orig_mod.", "model."];

    /// <summary>The names without prefixes, in the same order.</summary>
    public static string[] Strip(IReadOnlyList<string> names)
    {
        string[] result = [.. names];
        for (int round = 0; round < Wrappers.Length; round++)
        {
            foreach (string wrapper in Wrappers)
            {
                if (result.Length > 0 && Array.TrueForAll(result, name => name.Length > wrapper.Length && name.StartsWith(wrapper, StringComparison.Ordinal)))
                {
                    result = Array.ConvertAll(result, name => name[wrapper.Length..]);
                }
            }
        }

        string[] inner = Array.ConvertAll(result, name =>
            name.Length > Backbone.Length && name.StartsWith(Backbone, StringComparison.Ordinal) ? name[Backbone.Length..] : name);
        return inner.Distinct(StringComparer.Ordinal).Count() == inner.Length ? inner : result;
    }
}
