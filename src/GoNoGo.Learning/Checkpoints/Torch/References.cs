using GoNoGo.Learning.Checkpoints.Pickle;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>A storage as the pickle names it.</summary>
/// <param name="Key">The record that holds it.</param>
/// <param name="Type">What it says its elements are.</param>
/// <param name="Count">How many elements it says it has.</param>
/// <param name="First">The first element within the record (legacy views; else 0).</param>
/// <param name="RecordCount">How many elements the record has, where the pickle says it.</param>
internal sealed record StorageReference(string Key, StorageType Type, long Count, long First, long RecordCount);

/// <summary>A tensor as the pickle describes it: a strided view of a storage. Geometry that is wrong in itself never becomes one.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Type">The element type, or null where it cannot be read.</param>
/// <param name="Offset">The first element within the storage.</param>
/// <param name="Dimensions">The dimensions, outermost first.</param>
/// <param name="Strides">The distance of neighbours along each dimension, in elements.</param>
internal sealed record TensorReference(StorageReference Storage, ElementType? Type, long Offset, long[] Dimensions, long[] Strides) : IPickleTensor;

/// <summary>Where a storage's bytes lie in the file; the range has been checked.</summary>
internal readonly record struct StorageRange(long Position, long ByteLength);
