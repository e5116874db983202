using System.Runtime.CompilerServices;

namespace GoNoGo.Evaluation.Sorting;

/// <summary>Where the 32-bit sort key of an element lies.</summary>
internal interface IRadixKey<T> where T : unmanaged
{
    /// <summary>The key of <paramref name="element"/>.</summary>
    static abstract uint Key(T element);
}

/// <summary>Elements that are nothing but their key.</summary>
internal readonly struct PlainKey : IRadixKey<uint>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Key(uint element) => element;
}

/// <summary>Elements with the key in the high half and a payload (a region's number) in the low half.</summary>
internal readonly struct KeyWithPayload : IRadixKey<ulong>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Key(ulong element) => (uint)(element >> 32);

    public static ulong Pack(uint key, uint payload) => ((ulong)key << 32) | payload;
}
